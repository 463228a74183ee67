import { Outlet } from 'react-router';
import { AccountMenu } from './account-menu.tsx';
import { PageBoundary } from './components/page-boundary.tsx';
import { PendingConsentLine } from './components/pending-consent-line.tsx';
import { timeZone } from './orders/numbers.ts';
import { PageFrame } from './page-frame.tsx';
import { SessionProvider } from './sign-in/session.tsx';
import { SignedInOnly } from './sign-in/signed-in-only.tsx';

/** The pages for people who are signed in. */
export function ConsoleLayout() {
  return (
    <SessionProvider>
      <PageFrame aside={<AccountMenu />} finePrint={`Times are in your time zone, ${timeZone()}.`}>
        <SignedInOnly>
          <PendingConsentLine />
          <PageBoundary>
            <Outlet />
          </PageBoundary>
        </SignedInOnly>
      </PageFrame>
    </SessionProvider>
  );
}
