/** How every test and benchmark starts Chromium, by Playwright's `launch`. */
export const CHROMIUM = {
  executablePath: process.env['OCTOLITE_CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
