import { useParams } from 'react-router';
import { hasSecrets, KINDS } from '../../../ui/connection-kinds/kinds.ts';
import { NotFoundPage } from '../../../ui/pages/not-found-page.tsx';
import { NewConnectionForm } from './new-connection-form.tsx';

/** `/connections/new/:kind`: the form for a kind of connection. */
export function NewKindPage() {
  const { kind } = useParams();
  if (!hasSecrets(kind)) return <NotFoundPage />;
  const { Form } = KINDS[kind].login;
  return <Form isNew>{(entered) => <NewConnectionForm kind={kind} entered={entered} />}</Form>;
}
