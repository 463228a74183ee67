import { describe, expect, test } from 'vitest';
import { gatewayProof } from './gateway-login.ts';

describe('the proof of a gateway', () => {
  // Computed by the Client Portal Gateway's own code.
  test.each([
    [
      '5dcab3910016175aa147e1f3e98ee81e',
      '5f7fae40bfe793d9fced52b202e34d15e5c4caaf',
      '1759d2d88243d6cc7103b15df4df3ee057178331',
    ],
    [
      '99170fbb183477a35a94c9bf390b7702',
      '9d32a595d4a987d41f4b3e592471abe05194bb5',
      '9c3a4350a042db683ac57847ac1ee5f93f16b607',
    ],
    [
      '166fc2edcea4fb1b65e240a4e944b31d',
      '705e6c8b71cf8bdfc97c696693058b22edd1479',
      '86329b6e18bd4725d9225351f9cee9ebc467d9bd',
    ],
  ])('of challenge %s and key %s', (challenge, key, proof) => {
    expect(gatewayProof(challenge, key)).toBe(proof);
    expect(gatewayProof(`00${challenge}`, `0${key}`)).toBe(proof);
  });
});
