// Before anything is drawn, so that a page in the chosen theme does not first flash in the other one.
// Mantine keeps the choice under this name.
const chosen = localStorage.getItem('mantine-color-scheme-value');
if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.mantineColorScheme = chosen;
