import { Anchor, Badge, Code, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Call } from '../../../api/audit.ts';
import { useReference } from '../../../api/reference.ts';
import { Moment } from '../../../components/moment.tsx';
import { OpeningRow } from '../../../components/opening-row.tsx';
import classes from './call-row.module.css';
import { callTitle, OWNER_ACTS } from './owner-acts.ts';

/** One call; opened: what was asked, what happened and what to do. */
export function CallRow({ call }: { call: Call }) {
  const { at, source, credentialLabel, clientName, outcome, errorCode } = call;
  return (
    <OpeningRow
      time={<Moment iso={at} />}
      title={callTitle(call)}
      detail={
        source === 'console' ? 'in this console' : [credentialLabel, clientName].filter(Boolean).join(' · ')
      }
      badge={
        outcome === 'ok' ? (
          <Text span size="sm" c="dimmed">
            OK
          </Text>
        ) : (
          <Badge color="red.9" variant="filled" radius="sm" tt="none">
            {errorCode ?? 'error'}
          </Badge>
        )
      }
    >
      <Details call={call} />
    </OpeningRow>
  );
}

function Details({ call }: { call: Call }) {
  const { scope, source, clientName, clientVersion, outcome, milliseconds, upstreamCalls, intentId } = call;
  const remedy = useRemedy(call.errorCode);
  const isAct = source === 'console' && call.tool in OWNER_ACTS;
  return (
    <dl className={classes.details}>
      <dt>At</dt>
      <dd>
        <time>{call.at}</time>
      </dd>
      <dt>{isAct ? 'What' : 'Asked'}</dt>
      <dd>
        <Code block>{indented(call.arguments)}</Code>
      </dd>
      <dt>By</dt>
      <dd>
        {source === 'console' ? (
          'You, in this console'
        ) : (
          <>
            {`${clientName} ${clientVersion}`.trim()}, with{' '}
            {source === 'api_key' ? 'the API key' : 'the permission'} {call.credentialLabel} (
            {scope === 'write' ? 'read & write' : 'read only'})
          </>
        )}
        {call.address !== null && `, from ${call.address}`}
      </dd>
      <dt>Happened</dt>
      <dd>
        {outcome === 'ok' ? (isAct ? 'It was done' : 'It was answered') : (call.errorMessage ?? 'It failed')}
        {!isAct &&
          ` (${milliseconds} ms, ${upstreamCalls === 1 ? '1 request' : `${upstreamCalls} requests`} to IBKR)`}
      </dd>
      {remedy !== undefined && (
        <>
          <dt>To do</dt>
          <dd>{remedy}</dd>
        </>
      )}
      {intentId !== null && (
        <>
          <dt>Order</dt>
          <dd>
            <Anchor component={Link} to={`/approve/${intentId}`} inherit>
              What became of the order
            </Anchor>
          </dd>
        </>
      )}
    </dl>
  );
}

function useRemedy(code: string | null): string | undefined {
  const { data } = useReference();
  return data?.errors.find((error) => error.code === code)?.remedy;
}

/** Arguments that were cut off are no JSON any more. */
function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return `${json}…`;
  }
}
