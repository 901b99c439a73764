import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/source-serif-4/wght.css';
import './app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { queries } from './app/client.ts';
import { goLive } from './app/live.ts';
import { router } from './app/router.tsx';
import { begin, useSignedIn } from './app/session.ts';
import { SignIn } from './app/signin.tsx';
import { showTheme } from './app/theme.ts';

function SignedIn() {
  useEffect(() => {
    const stop = goLive();
    return () => {
      stop();
      // What one person saw is not there for the next.
      queries.clear();
    };
  }, []);
  return <RouterProvider router={router} />;
}

const Console = () => (useSignedIn() ? <SignedIn /> : <SignIn />);

showTheme();
await begin();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Console />
    </QueryClientProvider>
  </StrictMode>,
);
