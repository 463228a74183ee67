import { Component, type ComponentType, Fragment, type ReactNode, Suspense } from 'react';
import { useLocation } from 'react-router';
import { BrokenPage } from './broken-page.tsx';
import { PageSkeleton } from './page-skeleton.tsx';

interface PageBoundaryProps {
  /** Around what stands for the page. */
  Frame?: ComponentType<{ children: ReactNode }>;
  /** Of the heading that stands for a page that broke: 2 inside of another page. */
  headingOrder?: 1 | 2;
  children: ReactNode;
}

/** Around pages that load on demand: says so when one does not arrive or breaks, until another is opened. */
export function PageBoundary({ Frame = Fragment, headingOrder = 1, children }: PageBoundaryProps) {
  const { pathname } = useLocation();
  return (
    <ErrorBoundary pathname={pathname} headingOrder={headingOrder} Frame={Frame}>
      <Suspense
        fallback={
          <Frame>
            <PageSkeleton />
          </Frame>
        }
      >
        {children}
      </Suspense>
    </ErrorBoundary>
  );
}

interface ErrorBoundaryProps extends Required<PageBoundaryProps> {
  pathname: string;
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
    const { Frame, headingOrder, children } = this.props;
    if (this.state.error === undefined) return children;
    return (
      <Frame>
        <BrokenPage error={this.state.error} headingOrder={headingOrder} />
      </Frame>
    );
  }
}
