import { useForm } from '@mantine/form';
import { enteredSecrets, type SecretsFormProps } from '../secrets-form.tsx';
import { OAuthFields } from './oauth-fields.tsx';
import { missingFields, NOTHING_ENTERED, type OAuthValues, oauthSecrets } from './oauth-values.ts';

/** The way to IBKR's own OAuth, along the steps of IBKR's portal. */
export function OAuthForm({ children }: SecretsFormProps) {
  const form = useForm<OAuthValues>({ initialValues: NOTHING_ENTERED, validate: missingFields });
  return children(enteredSecrets(form, oauthSecrets, <OAuthFields form={form} />));
}
