import { MantineProvider } from '@mantine/core';
import { Suspense } from 'react';
import { BrowserRouter, Route, Routes } from 'react-router';
import { lazyPage } from './components/lazy-page.ts';
import { NarrowPage } from './components/narrow-page.tsx';
import { PageSkeleton } from './components/page-skeleton.tsx';
import { PageFrame } from './page-frame.tsx';
import { HomePage } from './pages/home-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { SiteLayout } from './site-layout.tsx';
import { accessibleColors, theme } from './theme.ts';

// What only signed-in people see stays out of what the public pages load.
const ConsoleLayout = lazyPage(() => import('./console-layout.tsx'), 'ConsoleLayout');
const ApprovePage = lazyPage(() => import('./pages/approve/approve-page.tsx'), 'ApprovePage');
const ConnectionsPage = lazyPage(() => import('./pages/connections/connections-page.tsx'), 'ConnectionsPage');
const ConnectionPage = lazyPage(() => import('./pages/connection/connection-page.tsx'), 'ConnectionPage');
const OverviewTab = lazyPage(() => import('./pages/connection/overview/overview-tab.tsx'), 'OverviewTab');

/** The whole site: every address it answers, in one table. */
export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={accessibleColors} defaultColorScheme="auto">
      <BrowserRouter>
        <Suspense fallback={<Outline />}>
          <Routes>
            <Route element={<ConsoleLayout />}>
              <Route path="connections/:connectionId" element={<ConnectionPage />}>
                <Route index element={<OverviewTab />} />
              </Route>
              <Route element={<NarrowPage />}>
                <Route path="connections" element={<ConnectionsPage />} />
                <Route path="approve/:intentId" element={<ApprovePage />} />
              </Route>
            </Route>
            <Route element={<SiteLayout />}>
              <Route element={<NarrowPage />}>
                <Route index element={<HomePage />} />
                <Route path="*" element={<NotFoundPage />} />
              </Route>
            </Route>
          </Routes>
        </Suspense>
      </BrowserRouter>
    </MantineProvider>
  );
}

function Outline() {
  return (
    <PageFrame>
      <PageSkeleton />
    </PageFrame>
  );
}
