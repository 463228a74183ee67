import { type CSSVariablesResolver, createTheme } from '@mantine/core';

/** Besides the device's own, those that have what a name or an amount may be written with. */
const FONTS =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "PingFang SC", "Hiragino Sans", "Microsoft YaHei", "Yu Gothic", sans-serif, "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji"';

/** White text has a contrast of 4.5 : 1 on both shades; the lighter one has 3 : 1 against a dark page as well. */
export const theme = createTheme({
  fontFamily: FONTS,
  primaryColor: 'indigo',
  primaryShade: { light: 8, dark: 7 },
  respectReducedMotion: true,
  headings: { fontFamily: FONTS, textWrap: 'balance' },
});

/** Mantine's own have a contrast below 4.5 : 1 on what they are read against. */
export const accessibleColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': '#686f77',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    '--control-border': 'var(--mantine-color-gray-6)',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': '#9a9a9a',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
    '--control-border': 'var(--mantine-color-dark-2)',
  },
});
