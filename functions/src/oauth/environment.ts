import type { Service } from '../service.ts';

/** What every route finds in its context. */
export interface OauthEnv {
  Bindings: {
    service: Service;
    /** Of the caller. */
    address: string;
    /** Whom that address says to forward for, if anybody: `forwardedCaller`. */
    forwardsFor: string | undefined;
  };
}
