/** How often settings were changed, so that nobody overwrites what they have not seen. */
import { z } from 'zod';

/** Of settings as they are answered: grows with every change of them. */
export const version = z.number().int();

/** Of a change: the version that it was made from. Where that is not the newest, nothing is changed. */
export const knownVersion = z.number().int().nonnegative().exactOptional();
