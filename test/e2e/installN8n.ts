import { installN8n } from '../lab/n8n/install';

/** Once, before all suites: on a fresh machine n8n takes some minutes, and that is said. */
export default async function setup(): Promise<void> {
	await installN8n((text) => process.stdout.write(`${text}\n`));
}
