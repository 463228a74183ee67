import type { Connection, GatewaySecrets, OAuthSecrets } from '@ibkr-gateway/functions/contract/connection';
import type { KindWithSecrets } from '@ibkr-gateway/functions/contract/connection-kind';
import { Button, Group, Stack, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import type { ComponentType, FormEvent, ReactNode } from 'react';
import { useChangeConnection } from '../../../api/connection-changes.ts';
import { fieldErrors } from '../../../api/field-errors.ts';
import { ActionButton } from '../../../ui/forms/action-button.tsx';
import { focusFirstFault } from '../../../ui/forms/first-fault.ts';
import { FormFailure } from '../../../ui/forms/form-failure.tsx';
import { Notice } from '../../../ui/notices/notice.tsx';
import { Section } from '../../../ui/text/section.tsx';
import { GatewayFields } from '../secrets/gateway-fields.tsx';
import { gatewaySecrets, useGatewayForm } from '../secrets/gateway-form.ts';
import { OAuthFields } from '../secrets/oauth-fields.tsx';
import { oauthSecrets, useOAuthForm } from '../secrets/oauth-form.ts';

interface ReplaceSecretsProps {
  connection: Connection;
  kind: KindWithSecrets;
}

/** Enters anew what the connection signs in with; what was there before is shown to nobody. */
export function ReplaceSecrets({ connection, kind }: ReplaceSecretsProps) {
  const [isOpen, form] = useDisclosure();
  const [isSaved, saved] = useDisclosure();
  const done = () => {
    saved.open();
    form.close();
  };
  const { title, Form } = FORMS[kind];
  return (
    <Section title={title}>
      <Stack gap="md" align="stretch">
        <Text size="sm" c="dimmed">
          Kept sealed and shown to nobody, you included. To change something, enter all of it again.
        </Text>
        {isSaved && <Notice tone="good" role="status" title="Replaced. Test the connection above." />}
        {isOpen ? (
          <Form connection={connection} onDone={done} onCancel={form.close} />
        ) : (
          <Group>
            <Button variant="default" onClick={form.open}>
              Replace
            </Button>
          </Group>
        )}
      </Stack>
    </Section>
  );
}

interface FormProps {
  connection: Connection;
  onDone: () => void;
  onCancel: () => void;
}

function GatewayForm(props: FormProps) {
  const form = useGatewayForm();
  return (
    <SecretsForm form={form} secretsOf={gatewaySecrets} {...props}>
      <GatewayFields form={form} />
    </SecretsForm>
  );
}

function OAuthForm(props: FormProps) {
  const form = useOAuthForm();
  return (
    <SecretsForm form={form} secretsOf={oauthSecrets} {...props}>
      <OAuthFields form={form} />
    </SecretsForm>
  );
}

const FORMS: Readonly<Record<KindWithSecrets, { title: string; Form: ComponentType<FormProps> }>> = {
  gateway: { title: 'Gateway', Form: GatewayForm },
  oauth: { title: 'Credentials', Form: OAuthForm },
};

interface SecretsFormProps<Values> extends FormProps {
  form: UseFormReturnType<Values>;
  secretsOf: (values: Values) => GatewaySecrets | OAuthSecrets;
  children: ReactNode;
}

function SecretsForm<Values extends object>(props: SecretsFormProps<Values>) {
  const { connection, form, secretsOf, onDone, onCancel, children } = props;
  const change = useChangeConnection(connection.id);
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (form.validate().hasErrors) return focusFirstFault(event.currentTarget);
    change.mutate(
      { secrets: secretsOf(form.values) },
      {
        onSuccess: onDone,
        onError: (error) => form.setErrors(fieldErrors(error)),
      },
    );
  };
  return (
    <form onSubmit={save} noValidate>
      <Stack gap="lg">
        {children}
        <FormFailure error={change.error} />
        <Group gap="sm">
          <ActionButton type="submit" loading={change.isPending}>
            Replace
          </ActionButton>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
