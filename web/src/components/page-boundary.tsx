import { Component, type ReactNode, Suspense } from 'react';
import { useLocation } from 'react-router';
import { FailedPage } from './failed-page.tsx';
import { PageSkeleton } from './page-skeleton.tsx';

interface PageBoundaryProps {
  /** Shown while the page loads. */
  fallback?: ReactNode;
  children: ReactNode;
}

/** Around pages that load on demand: says so when one does not arrive or breaks, until another is opened. */
export function PageBoundary({ fallback = <PageSkeleton />, children }: PageBoundaryProps) {
  const { pathname } = useLocation();
  return (
    <ErrorBoundary pathname={pathname}>
      <Suspense fallback={fallback}>{children}</Suspense>
    </ErrorBoundary>
  );
}

interface ErrorBoundaryProps {
  pathname: string;
  children: ReactNode;
}

class ErrorBoundary extends Component<ErrorBoundaryProps, { error: unknown }> {
  override state = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidUpdate({ pathname }: ErrorBoundaryProps) {
    if (this.state.error !== undefined && pathname !== this.props.pathname)
      this.setState({ error: undefined });
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    // A new load also fetches what a newer version of the site is made of.
    return <FailedPage error={this.state.error} onRetry={() => window.location.reload()} />;
  }
}
