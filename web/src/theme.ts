import { type CSSVariablesResolver, createTheme } from '@mantine/core';

/** Shade 8 is the lightest indigo on which white text keeps a contrast of 4.5 : 1. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: 8,
  headings: { textWrap: 'balance' },
});

/** Mantine's own dimmed text has a contrast below 4.5 : 1 in both schemes, and so has its text of errors. */
export const accessibleColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
  },
});
