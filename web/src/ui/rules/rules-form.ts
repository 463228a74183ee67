import type { ApprovalMode } from '@ibkr-gateway/functions/contract/rules/approval';
import type { LimitChanges, Limits } from '@ibkr-gateway/functions/contract/rules/limits';
import { useForm } from '@mantine/form';
import { useEffect, useState } from 'react';
import { AMOUNTS, type AmountName, SWITCHES, type SwitchName } from '../../format/limit-words.ts';
import { separateWords } from '../../format/separate-words.ts';
import { type Amount, amountFault } from '../forms/amount-input.tsx';

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
 * A form of rules that follows them when they are changed elsewhere: what was not changed here becomes what it is by
 * then, what was changed stays as it was typed.
 * @param rules As they are saved.
 */
export function useRulesForm(rules: Rules) {
  const now = valuesOf(rules);
  const form = useForm<RulesValues>({ initialValues: now, validate: AMOUNT_FAULTS });
  const [known, setKnown] = useState(now);
  /** Of what was changed elsewhere: how it was before, as far as it is known here. */
  const [before, setBefore] = useState<Partial<RulesValues>>({});
  /** What was last to be saved from here. */
  const [sent, setSent] = useState<RulesValues>();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the rules are the same while their values are.
  useEffect(() => {
    const names = Object.keys(now) as (keyof RulesValues)[];
    const changed = names.filter((name) => !isSame(known[name], now[name]));
    if (changed.length === 0) return;
    const typed = form.getValues();
    const untouched = changed.filter((name) => isSame(known[name], typed[name]));
    const byOthers = changed.filter(
      (name) => !isSame(typed[name], now[name]) && !(sent !== undefined && isSame(sent[name], now[name])),
    );
    form.setValues(part(now, untouched));
    setBefore((earlier) => ({ ...part(known, byOthers), ...earlier }));
    setKnown(now);
  }, [JSON.stringify(now)]);

  return {
    form,
    /** The rules as they are saved, but for what was changed elsewhere and not looked at yet. */
    seen: rulesOf({ ...now, ...before }),
    /** To be called when the form is about to be saved. */
    sending: () => setSent(form.getValues()),
    /** To be called when somebody has seen what was changed elsewhere. */
    looked: () => setBefore({}),
  };
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

function part(values: RulesValues, names: readonly (keyof RulesValues)[]): Partial<RulesValues> {
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}

/** The rules that a form makes of them, when it changes nothing else. */
export function shownRules(rules: Rules): Required<Rules> {
  return rulesOf(valuesOf(rules));
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

export function valuesOf({ limits, approval, acceptedWarnings = [] }: Rules): RulesValues {
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

export function rulesOf(values: RulesValues): Required<Rules> {
  const symbols = separateWords(values.symbols.map((symbol) => symbol.toUpperCase()));
  const amounts = ofEach(AMOUNTS, (name) => (typeof values[name] === 'number' ? values[name] : undefined));
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
