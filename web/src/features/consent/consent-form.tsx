import type { ConsentRequest } from '@ibkr-gateway/functions/contract/access/consent';
import type { Connection } from '@ibkr-gateway/functions/contract/connection';
import { Checkbox, Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useConsentAnswer } from '../../api/consent.ts';
import { ActionButton } from '../../ui/forms/action-button.tsx';
import { FailureNotice } from '../../ui/notices/failure-notice.tsx';
import { AppRules, certainLimits } from './app-rules.tsx';
import { ConnectionChoice } from './connection-choice.tsx';
import { EarlierAccess } from './earlier-access.tsx';
import { type ConsentChoices, forgetRequest, rememberRequest, resumedRequest } from './pending-request.ts';
import { Requester } from './requester.tsx';
import { ScopeChoice } from './scope-choice.tsx';

interface ConsentFormProps {
  uid: string;
  userId: string;
  request: ConsentRequest;
  connections: Connection[];
}

export function ConsentForm({ uid, userId, request, connections }: ConsentFormProps) {
  const { client, requestedScopes, earlierGrants } = request;
  const answer = useConsentAnswer(uid);
  const [pending, setPending] = useState(() => resumedRequest({ uid, userId, name: client.name }));
  const { connectionId, scope, approval, limits, revokeEarlier } = pending.choices;
  const choose = (choices: Partial<ConsentChoices>) =>
    setPending({ ...pending, choices: { ...pending.choices, ...choices } });
  // With only one there is nothing to choose.
  const chosenId = connections.length === 1 ? connections[0]?.id : connectionId;
  const connection = connections.find(({ id }) => id === chosenId);
  const isAnswered = answer.isPending || answer.isSuccess;
  const appLimits = scope === 'write' ? certainLimits(limits) : {};

  useEffect(() => {
    if (answer.isSuccess) forgetRequest();
    else rememberRequest(pending);
  }, [answer.isSuccess, pending]);

  const allow = (on: Connection, limits: Record<string, number>) =>
    answer.mutate({
      decision: 'approve',
      connectionId: on.id,
      scope,
      ...(scope === 'write' && { limits, ...(approval && { approval }) }),
      ...(earlierGrants.length > 0 && { revokeEarlier }),
    });

  return (
    <Stack gap="xl">
      <Stack gap="sm">
        <Title order={1}>Let {client.name} use your account?</Title>
        <Requester client={client} />
      </Stack>
      <ConnectionChoice
        connections={connections}
        chosen={connection}
        onChoose={(id) => choose({ connectionId: id, approval: null })}
      />
      {connection && (
        <>
          <ScopeChoice
            scope={scope}
            mode={connection.mode}
            mayWrite={requestedScopes.includes('write')}
            onChoose={(scope) => choose({ scope })}
          />
          {scope === 'write' && (
            <AppRules
              connection={connection}
              approval={approval}
              onApproval={(approval) => choose({ approval })}
              limits={limits}
              onLimits={(limits) => choose({ limits })}
            />
          )}
        </>
      )}
      {earlierGrants.length > 0 && (
        <EarlierAccess grants={earlierGrants} connections={connections}>
          <Checkbox
            label="Take the earlier access back"
            checked={revokeEarlier}
            onChange={(event) => choose({ revokeEarlier: event.currentTarget.checked })}
          />
        </EarlierAccess>
      )}
      <Stack gap="sm">
        {answer.error && <FailureNotice error={answer.error} />}
        <Group gap="sm" grow>
          <ActionButton
            size="lg"
            variant="default"
            disabled={isAnswered}
            onClick={() => answer.mutate({ decision: 'deny' })}
          >
            Cancel
          </ActionButton>
          <ActionButton
            size="lg"
            disabled={connection === undefined || appLimits === null || answer.variables?.decision === 'deny'}
            loading={isAnswered && answer.variables?.decision === 'approve'}
            onClick={connection && appLimits ? () => allow(connection, appLimits) : undefined}
          >
            Allow
          </ActionButton>
        </Group>
        <Text size="sm" c="dimmed" role="status">
          {answer.isSuccess
            ? `Taking you back to ${client.name}. If nothing happens, this page can be closed.`
            : 'You can take this back at any time, under the connection’s connected apps; it ends with the next call.'}
        </Text>
      </Stack>
    </Stack>
  );
}
