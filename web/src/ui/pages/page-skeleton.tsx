import { Skeleton, Stack, Title, VisuallyHidden } from '@mantine/core';

/** The outline of a page whose content is on its way. */
export function PageSkeleton() {
  return (
    <Stack gap="lg" aria-busy="true">
      <VisuallyHidden>
        <Title order={1}>Loading</Title>
      </VisuallyHidden>
      <Skeleton h={24} w="40%" />
      <Skeleton h={44} w="80%" />
      <Skeleton h={28} w="60%" />
      <Skeleton h={180} />
      <Skeleton h={60} />
    </Stack>
  );
}
