import './mantine.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App, preloadPage } from './app.tsx';
import './page.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root".');
preloadPage(window.location.pathname);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
