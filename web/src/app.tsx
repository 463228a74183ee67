import { MantineProvider } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { BrowserRouter, Route, Routes } from 'react-router';
import { PageSkeleton } from './components/page-skeleton.tsx';
import { PageFrame } from './page-frame.tsx';
import { HomePage } from './pages/home-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { SiteLayout } from './site-layout.tsx';
import { accessibleColors, theme } from './theme.ts';

// What only signed-in people see stays out of what the public pages load.
const ConsoleLayout = lazy(async () => ({ default: (await import('./console-layout.tsx')).ConsoleLayout }));
const ApprovePage = lazy(async () => ({
  default: (await import('./pages/approve/approve-page.tsx')).ApprovePage,
}));
const ConnectionsPage = lazy(async () => ({
  default: (await import('./pages/connections/connections-page.tsx')).ConnectionsPage,
}));

/** The whole site: every address it answers, in one table. */
export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={accessibleColors} defaultColorScheme="auto">
      <BrowserRouter>
        <Suspense fallback={<Outline />}>
          <Routes>
            <Route element={<ConsoleLayout />}>
              <Route path="connections" element={<ConnectionsPage />} />
              <Route path="approve/:intentId" element={<ApprovePage />} />
            </Route>
            <Route element={<SiteLayout />}>
              <Route index element={<HomePage />} />
              <Route path="*" element={<NotFoundPage />} />
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
