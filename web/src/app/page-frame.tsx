import { Anchor, Burger, Container, Flex, Group, Text } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { Link, NavLink } from 'react-router';
import { PageAnnouncer } from '../ui/pages/page-announcer.tsx';
import classes from './page-frame.module.css';

const PLACES = [
  { to: '/connections', name: 'Connections' },
  { to: '/connect', name: 'Connect a host' },
  { to: '/help', name: 'Help' },
];

/** What anybody may want to know of whoever runs this. */
const LEGAL = [
  { to: '/help/operator', name: 'Who runs this' },
  { to: '/help/privacy', name: 'Privacy' },
  { to: '/help/terms', name: 'Terms' },
];

interface PageFrameProps {
  /** What stands opposite the name on top. */
  aside?: ReactNode;
  /** Said at the bottom besides what is said of every page. */
  finePrint?: string;
  /** For one decision: without ways to other pages. */
  isFocused?: boolean;
  children: ReactNode;
}

/** What every page shares: the name and the way to other pages on top, the fine print at the bottom. */
export function PageFrame({ aside, finePrint, isFocused = false, children }: PageFrameProps) {
  return (
    <Flex direction="column" className={classes.frame}>
      <a href="#main" className={classes.skip}>
        Skip to content
      </a>
      <PageAnnouncer />
      <header className={classes.header}>
        <Container size="lg" className={classes.bar}>
          <Anchor component={Link} to="/" c="bright" underline="never" className={classes.brand}>
            <img src="/favicon.svg" alt="" width={24} height={24} />
            <Text component="span" fw={700}>
              IBKR Gateway
            </Text>
          </Anchor>
          {!isFocused && (
            <nav className={classes.wide} aria-label="Main">
              <Places />
            </nav>
          )}
          <Group gap="xs" ml="auto" wrap="nowrap" miw={0}>
            {aside}
            {!isFocused && <PhoneMenu />}
          </Group>
        </Container>
      </header>
      <Container
        component="main"
        id="main"
        tabIndex={-1}
        size="lg"
        w="100%"
        pt={{ base: 'md', sm: 'xl' }}
        pb="xl"
        className={classes.main}
      >
        {children}
      </Container>
      <Container component="footer" size="lg" w="100%" py="xl" className={classes.footer}>
        <Text size="sm" c="dimmed">
          {finePrint} Open source under the MIT License. Not affiliated with Interactive Brokers.{' '}
          {LEGAL.map(({ to, name }) => (
            <Anchor
              key={to}
              component={Link}
              to={to}
              inherit
              c="dimmed"
              underline="always"
              mr="xs"
              className={classes.legal ?? ''}
            >
              {name}
            </Anchor>
          ))}
        </Text>
      </Container>
    </Flex>
  );
}

function Places({ onLeave }: { onLeave?: () => void }) {
  return PLACES.map(({ to, name }) => (
    <NavLink key={to} to={to} className={classes.place ?? ''} {...(onLeave && { onClick: onLeave })}>
      {name}
    </NavLink>
  ));
}

/** The places again, behind one button, where they do not fit beside each other. */
function PhoneMenu() {
  const menu = useRef<HTMLElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Burger
        hiddenFrom="sm"
        size="sm"
        opened={isOpen}
        popoverTarget="places"
        aria-expanded={isOpen}
        aria-label="Menu"
      />
      <nav
        ref={menu}
        id="places"
        popover="auto"
        className={classes.popover}
        aria-label="Main"
        onToggle={({ newState }) => setIsOpen(newState === 'open')}
      >
        <Places onLeave={() => menu.current?.hidePopover()} />
      </nav>
    </>
  );
}
