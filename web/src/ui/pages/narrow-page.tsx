import { Box } from '@mantine/core';
import { Suspense } from 'react';
import { Outlet, useOutletContext } from 'react-router';
import { PageSkeleton } from './page-skeleton.tsx';

/** As wide as lines are still read with ease, in pixels. */
const WIDTH = 720;

/** The column of pages and tabs that are read or filled in, rather than looked over. It begins where all pages do. */
export function NarrowPage() {
  return (
    <Box maw={WIDTH}>
      <Suspense fallback={<PageSkeleton />}>
        <Outlet context={useOutletContext()} />
      </Suspense>
    </Box>
  );
}
