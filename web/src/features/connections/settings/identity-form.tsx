import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { MOST_LABEL_CHARACTERS } from '@ibkr-gateway/functions/contract/rules/bounds';
import { Stack, Switch, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { fieldErrors } from '../../../api/client/field-errors.ts';
import { useChangeConnection } from '../../../api/connection-changes.ts';
import { onOrOff, quoted, settingChange } from '../../../format/words/setting-words.ts';
import { hasSecrets } from '../../../ui/connection-kinds/kinds.ts';
import { focusFirstFault } from '../../../ui/forms/first-fault.ts';
import { useFollowedForm } from '../../../ui/forms/followed-form.ts';
import { FormFailure } from '../../../ui/forms/form-failure.tsx';
import { SaveRow } from '../../../ui/forms/save-row.tsx';
import { Section } from '../../../ui/text/section.tsx';
import { ModeChoice } from './mode-choice.tsx';

const TAKEOVER = 'Take the session over from TWS and mobile';

/** Name, mode and takeover. */
export function IdentityForm({ connection }: { connection: Connection }) {
  const { id, kind, label, mode, allowTakeover, version } = connection;
  const change = useChangeConnection(id);
  const stored = { label, mode, allowTakeover };
  const { form, changes, isChanged, seen, sending, saved, looked } = useFollowedForm(stored, {
    validate: { label: (text) => (text.trim() === '' ? 'Give it a name.' : null) },
    isPending: change.isPending,
  });
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (form.validate().hasErrors) return focusFirstFault(event.currentTarget);
    sending();
    change.mutate(
      { version, ...changes },
      { onSuccess: saved, onError: (error) => form.setErrors(fieldErrors(error)) },
    );
  };
  return (
    <Section title="Connection">
      <form onSubmit={save} noValidate>
        <Stack gap="lg">
          <TextInput label="Name" maxLength={MOST_LABEL_CHARACTERS} {...form.getInputProps('label')} />
          {hasSecrets(kind) && (
            <>
              <ModeChoice
                value={form.values.mode}
                onChange={(value) => form.setFieldValue('mode', value)}
                error={form.errors.mode}
              />
              <Switch
                label={TAKEOVER}
                description="IBKR gives a login one brokerage session at a time. On: when you use TWS or the mobile app with this login, a call over this connection ends that. Off: the call fails and says so."
                {...form.getInputProps('allowTakeover', { type: 'checkbox' })}
              />
            </>
          )}
          <FormFailure error={change.error} />
          <SaveRow isDirty={isChanged} elsewhere={changesOf(seen, stored)} onLooked={looked} change={change}>
            Save
          </SaveRow>
        </Stack>
      </form>
    </Section>
  );
}

type Identity = Pick<Connection, 'label' | 'mode' | 'allowTakeover'>;

function changesOf(before: Identity, after: Identity): string[] {
  return [
    ...settingChange('Name', quoted(before.label), quoted(after.label)),
    ...settingChange('Mode', before.mode, after.mode),
    ...settingChange(TAKEOVER, onOrOff(before.allowTakeover), onOrOff(after.allowTakeover)),
  ];
}
