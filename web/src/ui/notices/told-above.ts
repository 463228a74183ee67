import { createContext } from 'react';

/** What a page says above what it shows, which its notices need not say again; null: nothing. */
export const ToldAbove = createContext<string | null>(null);
