import { Container } from '@mantine/core';
import { Outlet } from 'react-router';

/** The column of pages that are read or filled in, rather than looked over. */
export function NarrowPage() {
  return (
    <Container size="sm" px={0}>
      <Outlet />
    </Container>
  );
}
