/** What a kind signs in with, where that is texts alone: from their words follows its form. */

import type { KindWithSecrets, Secrets } from '@ibkr-gateway/functions/contract/connection-kind';
import { type ComponentType, createElement } from 'react';
import { lazyPage } from '../pages/lazy-page.ts';
import type { FieldsFormProps, SecretField } from './fields-form.tsx';
import type { SecretsFormProps } from './secrets-form.tsx';

/** Those whose secrets are texts. */
type TextKind = {
  [Name in KindWithSecrets]: Secrets<Name> extends Partial<Record<keyof Secrets<Name>, string | undefined>>
    ? Name
    : never;
}[KindWithSecrets];

/** What has to be there says so when it is not. */
type FieldsOf<Entered> = {
  [Field in keyof Entered]-?: SecretField &
    (Record<never, never> extends Pick<Entered, Field> ? { missing?: never } : { missing: string });
};

const FieldsForm = lazyPage(() => import('./fields-form.tsx'), 'FieldsForm');

/** The form of a kind, by the words of its fields. */
export function formOfFields<Name extends TextKind>(
  kind: Name,
  texts: Pick<FieldsFormProps, 'title' | 'Preparation' | 'Demo'> & { fields: FieldsOf<Secrets<Name>> },
): ComponentType<SecretsFormProps> {
  return (props) => createElement(FieldsForm, { kind, ...texts, ...props });
}
