import type { ComponentType } from 'react';

/** A program in which people talk to an AI, and how it is pointed at this gateway. */
export interface Host {
  /** Names it in the address: `/connect#claude-code`. */
  id: string;
  name: string;
  /** Runs with its maker rather than on the reader's machine, and reaches only public addresses. */
  isHosted: boolean;
  /** Who can use it so: plans and conditions. */
  offeredTo: string;
  /** The steps; `endpoint` is this gateway's. */
  Steps: ComponentType<StepsProps>;
  /** The same with an API key, where the host takes one. */
  KeySteps: ComponentType<StepsProps> | null;
}

export interface StepsProps {
  endpoint: string;
}
