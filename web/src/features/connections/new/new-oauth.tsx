import { OAuthFields } from '../secrets/oauth-fields.tsx';
import { oauthSecrets, useOAuthForm } from '../secrets/oauth-form.ts';
import { NewConnectionForm } from './new-connection-form.tsx';

/** The way to IBKR's own OAuth, along the steps of IBKR's portal. */
export function NewOAuth() {
  const form = useOAuthForm();
  return (
    <NewConnectionForm
      title="Add IBKR OAuth"
      form={form}
      connectionOf={(values, identity) => ({ kind: 'oauth', ...identity, ...oauthSecrets(values) })}
      suggestedLabel="My IBKR account"
      lastStep="4. Name and account"
    >
      <OAuthFields form={form} />
    </NewConnectionForm>
  );
}
