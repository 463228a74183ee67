import { Checkbox, Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ApprovalMode, Connection } from '../../api/answers.ts';
import { type ConsentRequest, type Scope, useConsentAnswer } from '../../api/consent.ts';
import { failureCode } from '../../api/failure-words.ts';
import { ActionButton } from '../../components/action-button.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { AppRules } from './app-rules.tsx';
import { ConnectionChoice } from './connection-choice.tsx';
import { EarlierAccess } from './earlier-access.tsx';
import { forgetRequest, rememberRequest } from './pending-request.ts';
import { Requester } from './requester.tsx';
import { ScopeChoice } from './scope-choice.tsx';
import { SignInAgain } from './sign-in-again.tsx';

interface ConsentFormProps {
  uid: string;
  request: ConsentRequest;
  connections: Connection[];
}

export function ConsentForm({ uid, request, connections }: ConsentFormProps) {
  const { client, requestedScopes, earlierGrants } = request;
  const answer = useConsentAnswer(uid);
  const [chosenId, setChosenId] = useState<string>();
  const [scope, setScope] = useState<Scope>('read');
  const [approval, setApproval] = useState<ApprovalMode>();
  const [limits, setLimits] = useState<Record<string, number>>({});
  const [revokeEarlier, setRevokeEarlier] = useState(false);
  // With only one there is nothing to choose.
  const connection = connections.find(({ id }) => id === (chosenId ?? connections[0]?.id));
  const isAnswered = answer.isPending || answer.isSuccess;

  useEffect(() => {
    if (answer.isSuccess) forgetRequest();
    else rememberRequest({ uid, name: client.name, seenAt: Date.now() });
  }, [answer.isSuccess, uid, client.name]);

  const choose = (id: string) => {
    setChosenId(id);
    setApproval(undefined);
  };
  const allow = (on: Connection) =>
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
      <ConnectionChoice connections={connections} chosen={connection} onChoose={choose} />
      {connection && (
        <>
          <ScopeChoice
            scope={scope}
            mode={connection.mode}
            mayWrite={requestedScopes.includes('write')}
            onChoose={setScope}
          />
          {scope === 'write' && (
            <AppRules
              connection={connection}
              approval={approval}
              onApproval={setApproval}
              limits={limits}
              onLimits={setLimits}
            />
          )}
        </>
      )}
      {earlierGrants.length > 0 && (
        <EarlierAccess grants={earlierGrants} connections={connections}>
          <Checkbox
            label="Take the earlier access back"
            checked={revokeEarlier}
            onChange={(event) => setRevokeEarlier(event.currentTarget.checked)}
          />
        </EarlierAccess>
      )}
      <Stack gap="sm">
        {answer.error &&
          (failureCode(answer.error) === 'sign_in_again' ? (
            <SignInAgain />
          ) : (
            <FailureNotice error={answer.error} />
          ))}
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
            disabled={connection === undefined || answer.variables?.decision === 'deny'}
            loading={isAnswered && answer.variables?.decision === 'approve'}
            onClick={connection && (() => allow(connection))}
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
