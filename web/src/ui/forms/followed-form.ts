import { type UseFormInput, useForm } from '@mantine/form';
import { useEffect, useRef, useState } from 'react';

interface FollowedFormOptions<Values extends object> {
  validate?: UseFormInput<Values>['validate'];
  /** While what was entered is being saved. */
  isPending: boolean;
}

/**
 * A form of settings that follows them when they are changed elsewhere: what was not changed here becomes what it is by
 * then, what was changed stays as it was typed.
 * @param stored As they are saved.
 */
export function useFollowedForm<Values extends object>(
  stored: Values,
  { validate, isPending }: FollowedFormOptions<Values>,
) {
  const form = useForm<Values>({ initialValues: stored, ...(validate && { validate }) });
  const [known, setKnown] = useState(stored);
  /** Of what was changed elsewhere: how it was before, as far as it is known here. */
  const [before, setBefore] = useState<Partial<Values>>({});
  const sent = useRef<{ values: Partial<Values>; isSaved: boolean }>(undefined);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the settings are the same while their values are.
  useEffect(() => {
    // What is read meanwhile may be what is being saved.
    if (isPending) return;
    const changed = differences(known, stored);
    if (changed.length === 0) return;
    const typed = form.getValues();
    const own: Partial<Values> = sent.current?.isSaved ? sent.current.values : {};
    sent.current = undefined;
    const isOwn = (name: keyof Values) => Object.hasOwn(own, name);
    const followed = changed.filter((name) => isSame(typed[name], isOwn(name) ? own[name] : known[name]));
    const byOthers = changed.filter((name) => !isOwn(name) && !isSame(typed[name], stored[name]));
    form.setValues(part(stored, followed));
    setBefore((earlier) => ({ ...part(known, byOthers), ...earlier }));
    setKnown(stored);
  }, [JSON.stringify(stored), isPending]);

  const changed = differences(stored, form.values);
  return {
    form,
    /** What was changed here and is not saved. */
    changes: part(form.values, changed),
    isChanged: changed.length > 0,
    /** The settings as they are saved, but for what was changed elsewhere and not looked at yet. */
    seen: { ...stored, ...before },
    /** To be called when the form is about to be saved. */
    sending: () => {
      sent.current = { values: part(form.getValues(), changed), isSaved: false };
    },
    /** To be called when it is saved. */
    saved: () => {
      if (sent.current) sent.current.isSaved = true;
      setBefore({});
    },
    /** To be called when somebody has seen what was changed elsewhere. */
    looked: () => setBefore({}),
    /** Gives up what was changed here. */
    undo: () => form.setValues(stored),
  };
}

/** Of what JSON can say. */
export const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

function differences<Values extends object>(one: Values, other: Values): (keyof Values)[] {
  return (Object.keys(one) as (keyof Values)[]).filter((name) => !isSame(one[name], other[name]));
}

function part<Values extends object>(values: Values, names: readonly (keyof Values)[]): Partial<Values> {
  return Object.fromEntries(names.map((name) => [name, values[name]])) as Partial<Values>;
}
