/** Test support: any character, among them those that nobody sees, as a unit of drawn texts. */
import fc from 'fast-check';

/** Fast-check's own, `binary`, first lists all 1.1 million of them: seconds of computing in each process. */
export const anyCharacter = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));
