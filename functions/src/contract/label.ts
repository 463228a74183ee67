import { z } from 'zod';
import { MOST_LABEL_CHARACTERS } from './rules/bounds.ts';

/**
 * What an owner calls a connection or a key. Without the characters that are not seen but turn or break a line of
 * text (Unicode UAX #9, "Directional formatting characters"): one label could pass for another with them.
 */
export const label = z
  .string()
  .trim()
  .min(1)
  .max(MOST_LABEL_CHARACTERS)
  .regex(/^[^\p{Cc}\p{Cs}\p{Bidi_Control}\p{Zl}\p{Zp}]*$/u, 'no characters that cannot be seen');
