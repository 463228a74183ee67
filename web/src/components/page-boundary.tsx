import { Component, type ReactNode, Suspense } from 'react';
import { useLocation } from 'react-router';
import { BrokenPage } from './broken-page.tsx';
import { PageSkeleton } from './page-skeleton.tsx';

interface PageBoundaryProps {
  /** Shown while the page loads. */
  fallback?: ReactNode;
  /** Of the heading that stands for a page that broke: 2 inside of another page. */
  headingOrder?: 1 | 2;
  children: ReactNode;
}

/** Around pages that load on demand: says so when one does not arrive or breaks, until another is opened. */
export function PageBoundary({ fallback = <PageSkeleton />, headingOrder = 1, children }: PageBoundaryProps) {
  const { pathname } = useLocation();
  return (
    <ErrorBoundary pathname={pathname} headingOrder={headingOrder}>
      <Suspense fallback={fallback}>{children}</Suspense>
    </ErrorBoundary>
  );
}

interface ErrorBoundaryProps {
  pathname: string;
  headingOrder: 1 | 2;
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
    return <BrokenPage error={this.state.error} headingOrder={this.props.headingOrder} />;
  }
}
