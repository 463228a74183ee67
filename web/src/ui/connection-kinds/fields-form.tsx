import type { KindWithSecrets, Secrets } from '@ibkr-gateway/functions/contract/connection-kind';
import { PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { ComponentType } from 'react';
import { isOwnMachine } from '../../api/config.ts';
import { Section } from '../text/section.tsx';
import { checkedProps, useChecks } from './checks.ts';
import { enteredSecrets, type SecretsFormProps } from './secrets-form.tsx';

/** A field as its owner sees it. */
export interface SecretField {
  label: string;
  help: string;
  placeholder?: string;
  /** What is said when it is left empty; without it, it may be. */
  missing?: string;
  /** Not to be read over a shoulder. */
  isHidden?: boolean;
  /** Spaces around it belong to it. */
  isVerbatim?: boolean;
  /** Asked for where the gateway runs on one's own machine. */
  isForOwnMachine?: boolean;
}

export interface FieldsFormProps extends SecretsFormProps {
  kind: KindWithSecrets;
  /** The part of the page with the fields. */
  title: string;
  fields: Readonly<Record<string, SecretField>>;
  /** What somebody has to know who adds one. */
  Preparation?: ComponentType;
  /** Offers values to try it with. */
  Demo?: ComponentType<DemoProps>;
}

export interface DemoProps {
  fill: (values: Record<string, string>) => void;
}

type Values = Record<string, string>;

/** Fields for texts that are checked while they are filled in, as `formOfFields` makes them. */
export function FieldsForm({
  kind,
  title,
  fields,
  Preparation,
  Demo,
  isNew = false,
  children,
}: FieldsFormProps) {
  const asked = Object.entries(fields).filter(
    ([, { isForOwnMachine }]) => !isForOwnMachine || isOwnMachine(),
  );
  const entered = (values: Values) => filledIn(fields, values);
  const form = useForm<Values>({
    initialValues: Object.fromEntries(Object.keys(fields).map((name) => [name, ''])),
    validate: (values) => missingIn(fields, values),
  });
  const check = useChecks(kind, entered(form.values));
  const inputs = (
    <Stack gap="lg">
      {isNew && Preparation && <Preparation />}
      <Section title={title}>
        <Stack gap="lg">
          {isNew && Demo && isOwnMachine() && <Demo fill={form.setValues} />}
          {asked.map(([name, field]) => (
            <Input key={name} field={field} props={checkedProps(form, name, check(name), field.help)} />
          ))}
        </Stack>
      </Section>
    </Stack>
  );
  // The names of the fields are those of what the kind signs in with: `formOfFields` has them so.
  return children(enteredSecrets(form, (values) => entered(values) as Secrets, inputs));
}

/** What is said of what has to be there, by field. */
function missingIn(fields: FieldsFormProps['fields'], values: Values): Record<string, string> {
  const given = filledIn(fields, values);
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, { missing }]) =>
      missing === undefined || given[name] !== undefined ? [] : [[name, missing]],
    ),
  );
}

/** What is filled in, as the API takes it. */
function filledIn(fields: FieldsFormProps['fields'], values: Values): Values {
  const typed = Object.entries(fields).map(([name, { isVerbatim }]) => {
    const value = values[name] ?? '';
    return [name, isVerbatim ? value : value.trim()] as const;
  });
  return Object.fromEntries(typed.filter(([, value]) => value !== ''));
}

interface InputProps {
  field: SecretField;
  props: ReturnType<typeof checkedProps>;
}

function Input({ field: { label, placeholder, isHidden, missing }, props }: InputProps) {
  const name = missing === undefined ? `${label} (optional)` : label;
  if (isHidden) return <PasswordInput label={name} autoComplete="off" {...props} />;
  return (
    <TextInput
      label={name}
      placeholder={placeholder}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      {...props}
    />
  );
}
