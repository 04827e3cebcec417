/**
 * Where `npm start` keeps what its Workers print while it runs, seen from the checkout. Each line is a JSON object as `logs` holds in the events of
 * `wrangler tail`.
 */
export function localLogFile(gatewayPort: string | number): string {
  return `.wrangler/bugbot/${gatewayPort}.log`;
}
