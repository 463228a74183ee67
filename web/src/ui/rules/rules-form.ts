import type { ApprovalMode } from '@ibkr-gateway/functions/contract/rules/approval';
import type { LimitChanges, Limits } from '@ibkr-gateway/functions/contract/rules/limits';
import {
  AMOUNTS,
  type AmountName,
  LIMIT_WORDS,
  SWITCHES,
  type SwitchName,
} from '../../format/words/limit-words.ts';
import { separateWords } from '../../format/words/separate-words.ts';
import { type Amount, amountFault } from '../forms/amount-input.tsx';
import { isSame, useFollowedForm } from '../forms/followed-form.ts';

/** What an owner allows a connection, a key or an app. */
export interface Rules {
  limits: Limits;
  approval: ApprovalMode | null;
  /** Of a connection: ids of IBKR's warnings that need no yes. */
  acceptedWarnings?: string[];
}

/** The same as the inputs hold it: `''` and empty lists do not limit, and other texts are not saved. */
export type RulesValues = Record<AmountName, Amount> &
  Record<SwitchName, boolean> & {
    approval: ApprovalMode | 'usual';
    trading: boolean;
    symbols: string[];
    assetClasses: string[];
    othersOrders: 'usual' | 'allowed' | 'refused';
    acceptedWarnings: string[];
  };

const AMOUNT_FAULTS = Object.fromEntries(
  Object.entries(AMOUNTS).map(([name, bounds]) => [name, (amount: Amount) => amountFault(amount, bounds)]),
);

/**
 * A form of rules that follows them when they are changed elsewhere.
 * @param rules As they are saved.
 * @param isPending While what was entered is being saved.
 */
export function useRulesForm(rules: Rules, isPending: boolean) {
  const { form, seen, ...acts } = useFollowedForm<RulesValues>(valuesOf(rules), {
    validate: AMOUNT_FAULTS,
    isPending,
  });
  return { form, ...acts, seen: rulesOf(seen, rules) };
}

/** The rules that a form makes of them, when it changes nothing else. */
export function shownRules(rules: Rules): Required<Rules> {
  return rulesOf(valuesOf(rules), rules);
}

/** What a form cannot save yet, a sentence each. */
export function faultyAmounts(values: RulesValues): string[] {
  return (Object.keys(AMOUNTS) as AmountName[])
    .filter((name) => isFaulty(name, values[name]))
    .map((name) => `${LIMIT_WORDS[name].label}: to be corrected`);
}

function isFaulty(name: AmountName, amount: Amount): boolean {
  return amountFault(amount, AMOUNTS[name]) !== null;
}

/** What the API takes to make rules of others: what is the same is not named. */
export function ruleChanges(
  before: Rules,
  after: Rules,
): { limits?: LimitChanges; approval?: ApprovalMode | null } {
  const names = Object.keys({ ...before.limits, ...after.limits }) as (keyof Limits)[];
  const limits = names.filter((name) => !isSame(before.limits[name], after.limits[name]));
  return {
    ...(limits.length > 0 && {
      limits: Object.fromEntries(limits.map((name) => [name, after.limits[name] ?? null])),
    }),
    ...(before.approval !== after.approval && { approval: after.approval }),
  };
}

function valuesOf({ limits, approval, acceptedWarnings = [] }: Rules): RulesValues {
  return {
    acceptedWarnings,
    approval: approval ?? 'usual',
    trading: limits.trading !== false,
    ...ofEach(AMOUNTS, (name) => limits[name] ?? ''),
    symbols: limits.symbols ?? [],
    assetClasses: limits.assetClasses ?? [],
    ...ofEach(SWITCHES, (name) => limits[name] === SWITCHES[name]),
    othersOrders: limits.othersOrders === undefined ? 'usual' : limits.othersOrders ? 'allowed' : 'refused',
  };
}

/** @param before An amount that cannot be saved leaves its limit as it was there. */
export function rulesOf(values: RulesValues, before: Rules): Required<Rules> {
  const symbols = separateWords(values.symbols.map((symbol) => symbol.toUpperCase()));
  const amounts = ofEach(AMOUNTS, (name) => {
    const amount = values[name];
    if (isFaulty(name, amount)) return before.limits[name];
    return typeof amount === 'number' ? amount : undefined;
  });
  const switches = ofEach(SWITCHES, (name) => (values[name] ? SWITCHES[name] : undefined));
  const limits = {
    trading: values.trading ? undefined : false,
    ...amounts,
    symbols: symbols.length > 0 ? symbols : undefined,
    assetClasses: values.assetClasses.length > 0 ? values.assetClasses : undefined,
    ...switches,
    othersOrders: values.othersOrders === 'usual' ? undefined : values.othersOrders === 'allowed',
  };
  return {
    limits: Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)),
    approval: values.approval === 'usual' ? null : values.approval,
    acceptedWarnings: values.acceptedWarnings,
  };
}

function ofEach<Name extends string, Value>(
  table: Readonly<Record<Name, unknown>>,
  of: (name: Name) => Value,
): Record<Name, Value> {
  const names = Object.keys(table) as Name[];
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, Value>;
}
