import { fieldErrors } from '../api/field-errors.ts';
import { FailureNotice } from './failure-notice.tsx';
import { Notice } from './notice.tsx';

/** Of a form that was refused: where to look, when its fields say themselves what is wrong with them. */
export function FormFailure({ error }: { error: unknown }) {
  if (error === null) return null;
  if (Object.keys(fieldErrors(error)).length === 0) return <FailureNotice error={error} />;
  return <Notice role="alert" tone="bad" title="Not saved: see what the marked fields say" />;
}
