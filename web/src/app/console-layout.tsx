import { Outlet } from 'react-router';
import { SessionProvider } from '../api/sign-in/session.tsx';
import { SignedInOnly } from '../features/sign-in/signed-in-only.tsx';
import { timeZone } from '../format/numbers.ts';
import { DoneLine } from '../ui/notices/done-line.tsx';
import { PageBoundary } from '../ui/pages/page-boundary.tsx';
import { WaitingCount } from '../ui/waiting-orders/waiting-count.tsx';
import { AccountMenu } from './account-menu.tsx';
import { GoAnywhere } from './go-anywhere.tsx';
import { PageFrame } from './page-frame.tsx';
import { PendingConsentLine } from './pending-consent-line.tsx';

/** The pages for people who are signed in. `isFocused`: for one decision, without ways to other pages. */
export function ConsoleLayout({ isFocused = false }: { isFocused?: boolean }) {
  return (
    <SessionProvider>
      <PageFrame
        aside={<AccountMenu />}
        isFocused={isFocused}
        finePrint={`Times are in your time zone, ${timeZone()}.`}
      >
        <SignedInOnly>
          <WaitingCount />
          <DoneLine />
          <PendingConsentLine />
          <GoAnywhere />
          <PageBoundary>
            <Outlet />
          </PageBoundary>
        </SignedInOnly>
      </PageFrame>
    </SessionProvider>
  );
}
