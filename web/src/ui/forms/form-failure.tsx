import { useEffect, useRef } from 'react';
import { fieldErrors } from '../../api/client/field-errors.ts';
import { FailureNotice } from '../notices/failure-notice.tsx';
import { Notice } from '../notices/notice.tsx';
import { focusFirstFault } from './first-fault.ts';

/** Of a form that was refused: where to look, when its fields say themselves what is wrong with them. */
export function FormFailure({ error }: { error: unknown }) {
  if (error === null) return null;
  if (Object.keys(fieldErrors(error)).length === 0) return <FailureNotice error={error} />;
  return <MarkedFields error={error} />;
}

function MarkedFields({ error }: { error: unknown }) {
  const place = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another refusal marks other fields.
  useEffect(() => {
    const form = place.current?.closest('form');
    if (form) focusFirstFault(form);
  }, [error]);
  return (
    <div ref={place}>
      <Notice role="alert" tone="bad" title="Not saved: see what the marked fields say" />
    </div>
  );
}
