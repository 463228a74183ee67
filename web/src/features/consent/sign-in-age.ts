import { RECENT_SIGN_IN_MS } from '@ibkr-gateway/functions/contract/bounds';
import { useQuery } from '@tanstack/react-query';
import { useSession } from '../../api/session.tsx';
import { useNow } from '../../ui/values/use-now.ts';

/** Whether the person would have to sign in once more to let a host trade; false while that is not known. */
export function useIsSignInOld(): boolean {
  const session = useSession();
  const now = useNow();
  const { data: signedInAt } = useQuery({
    queryKey: ['signed-in-at'],
    queryFn: async () => {
      if (session.status !== 'signed-in') return null;
      return Date.parse((await session.user.getIdTokenResult()).authTime);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return signedInAt != null && now - signedInAt > RECENT_SIGN_IN_MS;
}
