/** A mutation of the order engine, and which scripts have to do with it. */
import type { OrderScript } from '../scripts/order-script.ts';

export interface Mutation {
  name: string;
  file: string;
  from: string;
  to: string;
  /** What the file has to import for that. */
  imports?: string;
  /** Whether a script has to do with it. Those that have are played first. */
  shows?: (script: OrderScript) => boolean;
}

type Scripted = OrderScript['orders'][number];
type ScriptStep = OrderScript['steps'][number];
/** Scripts with such an order. */
export const ordering = (test: (order: Scripted) => boolean) => (script: OrderScript) =>
  script.orders.some(test);
/** Scripts with such a step. */
export const stepping = (test: (step: ScriptStep) => boolean) => (script: OrderScript) =>
  script.steps.some(test);
export const acting = (...actions: string[]) => stepping(({ action }) => actions.includes(action));
export const isChanging = acting('modify');
export const isCancelling = acting('cancel', 'cancel by intent');
export const hasExits = ordering(({ exits }) => exits !== 'none');
export const isLimited =
  (...names: (keyof OrderScript['limits'])[]) =>
  ({ limits }: OrderScript) =>
    names.some((name) => limits[name] !== undefined);
