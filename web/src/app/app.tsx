import { MantineProvider } from '@mantine/core';
import { isValidElement } from 'react';
import { BrowserRouter, createRoutesFromElements, matchRoutes, Route, useRoutes } from 'react-router';
import { prepareSignIn } from '../api/sign-in/open-sign-in.ts';
import { type LazyPage, lazyPage } from '../ui/pages/lazy-page.ts';
import { NarrowPage } from '../ui/pages/narrow-page.tsx';
import { PageBoundary } from '../ui/pages/page-boundary.tsx';
import { PageFocus } from '../ui/pages/page-focus.tsx';
import { PageScroll } from '../ui/pages/page-scroll.tsx';
import { PageFrame } from './page-frame.tsx';
import { SiteLayout } from './site-layout.tsx';
import { accessibleColors, theme } from './theme.ts';

// Nobody loads more than the page that they open.
const HomePage = lazyPage(() => import('../features/home/home-page.tsx'), 'HomePage');
const NotFoundPage = lazyPage(() => import('../ui/pages/not-found-page.tsx'), 'NotFoundPage');
const ConsoleLayout = lazyPage(() => {
  prepareSignIn();
  return import('./console-layout.tsx');
}, 'ConsoleLayout');
const AccountPage = lazyPage(() => import('../features/account/account-page.tsx'), 'AccountPage');
const ApprovePage = lazyPage(() => import('../features/approve/approve-page.tsx'), 'ApprovePage');
const ConsentPage = lazyPage(() => import('../features/consent/consent-page.tsx'), 'ConsentPage');
const ConnectionsPage = lazyPage(
  () => import('../features/connections/list/connections-page.tsx'),
  'ConnectionsPage',
);
const NewConnectionPage = lazyPage(
  () => import('../features/connections/new/new-connection-page.tsx'),
  'NewConnectionPage',
);
const NewKindPage = lazyPage(() => import('../features/connections/new/new-kind-page.tsx'), 'NewKindPage');
const ConnectionPage = lazyPage(
  () => import('../features/connections/page/connection-page.tsx'),
  'ConnectionPage',
);
const TryTab = lazyPage(() => import('../features/try-tools/try-tab.tsx'), 'TryTab');
const NewsPage = lazyPage(() => import('../features/news/news-page.tsx'), 'NewsPage');
const NotificationsPage = lazyPage(
  () => import('../features/notifications/notifications-page.tsx'),
  'NotificationsPage',
);
const ConnectPage = lazyPage(() => import('../features/connect/connect-page.tsx'), 'ConnectPage');
const MailLinkPage = lazyPage(() => import('../features/mail-links/mail-link-page.tsx'), 'MailLinkPage');
const HelpPage = lazyPage(() => import('../features/help/help-page.tsx'), 'HelpPage');
const TopicPage = lazyPage(() => import('../features/help/topic-page.tsx'), 'TopicPage');
const KeysTab = lazyPage(() => import('../features/keys/keys-tab.tsx'), 'KeysTab');
const AppsTab = lazyPage(() => import('../features/apps/apps-tab.tsx'), 'AppsTab');
const LimitsTab = lazyPage(() => import('../features/limits/limits-tab.tsx'), 'LimitsTab');
const SettingsTab = lazyPage(
  () => import('../features/connections/settings/settings-tab.tsx'),
  'SettingsTab',
);
const OverviewTab = lazyPage(() => import('../features/overview/overview-tab.tsx'), 'OverviewTab');
const MarketTab = lazyPage(() => import('../features/market/market-tab.tsx'), 'MarketTab');
const OrdersTab = lazyPage(() => import('../features/orders/orders-tab.tsx'), 'OrdersTab');
const ActivityTab = lazyPage(() => import('../features/activity/activity-tab.tsx'), 'ActivityTab');

/** Every address that the site answers, in one table. */
const ROUTES = createRoutesFromElements(
  <>
    <Route element={<ConsoleLayout />}>
      <Route path="connections/:connectionId" element={<ConnectionPage />}>
        <Route index element={<OverviewTab />} />
        <Route path="market" element={<MarketTab />} />
        <Route path="orders" element={<OrdersTab />} />
        <Route path="activity" element={<ActivityTab />} />
        <Route path="try/:tool?" element={<TryTab />} />
        <Route element={<NarrowPage />}>
          <Route path="keys" element={<KeysTab />} />
          <Route path="apps" element={<AppsTab />} />
          <Route path="limits" element={<LimitsTab />} />
          <Route path="settings" element={<SettingsTab />} />
        </Route>
      </Route>
      <Route path="connections" element={<ConnectionsPage />} />
      <Route element={<NarrowPage />}>
        <Route path="account" element={<AccountPage />} />
        <Route path="news" element={<NewsPage />} />
        <Route path="notifications" element={<NotificationsPage />} />
        <Route path="connections/new" element={<NewConnectionPage />} />
        <Route path="connections/new/:kind" element={<NewKindPage />} />
        <Route path="approve/:intentId" element={<ApprovePage />} />
      </Route>
    </Route>
    <Route element={<ConsoleLayout isFocused />}>
      <Route element={<NarrowPage />}>
        <Route path="consent/:uid" element={<ConsentPage />} />
      </Route>
    </Route>
    <Route element={<SiteLayout />}>
      <Route index element={<HomePage />} />
      <Route path="help/:topic" element={<TopicPage />} />
      <Route element={<NarrowPage />}>
        <Route path="connect" element={<ConnectPage />} />
        <Route path="help" element={<HelpPage />} />
        <Route path="email/confirm/:channelId/:token" element={<MailLinkPage act="confirm" />} />
        <Route path="email/stop/:channelId/:token" element={<MailLinkPage act="stop" />} />
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Route>
  </>,
);

/** Asks at once for all that the page at an address is made of, which would else come one after the other. */
export function preloadPage(pathname: string): void {
  for (const { route } of matchRoutes(ROUTES, pathname) ?? []) {
    if (isValidElement(route.element)) (route.element.type as Partial<LazyPage>).preload?.();
  }
}

/** The whole site. */
export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={accessibleColors} defaultColorScheme="auto">
      <BrowserRouter>
        <PageFocus />
        <PageScroll />
        <PageBoundary Frame={PageFrame}>
          <Page />
        </PageBoundary>
      </BrowserRouter>
    </MantineProvider>
  );
}

function Page() {
  return useRoutes(ROUTES);
}
