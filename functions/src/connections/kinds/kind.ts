import type { BrokerError } from '../../broker/errors.ts';
import type { ConnectionOptions } from '../../broker/session/connection.ts';
import type { Limit } from '../../broker/session/pacing.ts';
import type { OwnersAct } from '../../broker/sign-in/second-factor.ts';
import type { AccountMode } from '../../contract/connection-kind.ts';
import type { ConsoleErrorCode } from '../../contract/failure.ts';
import type { Network } from '../../network/public-address.ts';
import type { SecretsCollection } from '../../store/connections.ts';
import type { Words } from '../field-words.ts';
import type { SignInService } from '../sign-in/sign-in-service.ts';

/** What a connection is opened with. */
export interface Opening {
  connectionId: string;
  ownerUid: string;
  mode: AccountMode;
  /** What its owner entered, unsealed; asked for by kinds that have secrets. */
  readSecrets: () => Promise<unknown>;
  /** Undefined where the deployment has no simulator. */
  simulatorUrl: string | undefined;
  /** What the simulator answers to; undefined where it answers anybody. */
  simulatorKey: string | undefined;
  /** What sandboxes are kept to; undefined: IBKR's limits. */
  sandboxLimits: readonly Limit[] | undefined;
  network: Network;
  /** Whether the deployment signs in to IBKR for people. */
  managedSignIn: boolean;
  signIns: SignInService;
  /** What the owner does about a second factor; undefined where they are not there. */
  act: OwnersAct | undefined;
}

/** What the owner is told who wants to add one all the same. */
export interface Unavailable {
  code: ConsoleErrorCode;
  message: string;
}

/** One kind of connection: all that differs between it and the others. */
export interface KindDefinition {
  /** Why the deployment cannot serve it; null when it can. */
  unavailable(deployment: Pick<Opening, 'simulatorUrl' | 'managedSignIn'>): Unavailable | null;
  /**
   * Checks what was entered for a connection, as far as that can be done without IBKR.
   * @param signal Aborted when nobody waits for the answer any more.
   * @returns the secrets to be sealed; undefined for a kind that has none.
   * @throws {BrokerError} `invalid`, naming the field.
   */
  check(entered: object, network: Network, signal?: AbortSignal): Promise<object | undefined>;
  /** The same check of a form that is being filled in. @returns what is wrong, by field. */
  faults(entered: object, network: Network, signal?: AbortSignal): Promise<ReadonlyMap<string, BrokerError>>;
  /**
   * The way to IBKR.
   * @throws {GatewayError} when the deployment cannot serve the kind. {BrokerError} for secrets that are not valid.
   */
  open(
    opening: Opening,
  ): Promise<Pick<ConnectionOptions, 'transport' | 'login' | 'signsInByInit' | 'limits'>>;
  /** The owner did something, after which a sign-in that was refused may be tried again. */
  letTryAgain?(opening: Opening): Promise<void>;
  /** Its requests go to IBKR from the deployment's own address, as those of others do. */
  leavesByOurs: boolean;
  /** Where what it signs in with is kept. */
  secretsIn: SecretsCollection;
  /** Its session idles out at IBKR unless it is kept alive. */
  isKeptAlive: boolean;
  /** Words of its own for what goes wrong on the way to IBKR; null: those that all kinds share. */
  words?(error: BrokerError): Words | null;
  /** A lost login comes back without a person. */
  logsItselfIn: boolean;
  /** Message ids of IBKR's warnings that a new connection accepts without asking. */
  acceptedWarnings: readonly string[];
}
