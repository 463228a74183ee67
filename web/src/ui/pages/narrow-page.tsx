import { Box } from '@mantine/core';
import { Outlet } from 'react-router';
import { FORM_WIDTH } from '../forms/form-width.ts';

/** The column of pages that are read or filled in, rather than looked over. It begins where all pages do. */
export function NarrowPage() {
  return (
    <Box maw={FORM_WIDTH}>
      <Outlet />
    </Box>
  );
}
