import { useParams } from 'react-router';
import { NotFoundPage } from '../../../ui/pages/not-found-page.tsx';
import { NewGateway } from './new-gateway.tsx';
import { NewOAuth } from './new-oauth.tsx';

/** `/connections/new/:kind`: the form for a kind of connection. */
export function NewKindPage() {
  const { kind } = useParams();
  switch (kind) {
    case 'gateway':
      return <NewGateway />;
    case 'oauth':
      return <NewOAuth />;
    default:
      return <NotFoundPage />;
  }
}
