import { installWanted } from '../lab/n8n/newest';

/** Once, before all suites: on a fresh machine n8n takes some minutes, and that is said. */
export default async function setup(): Promise<void> {
	await installWanted((text) => process.stdout.write(`${text}\n`));
}
