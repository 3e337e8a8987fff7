import { installNodeRed } from '../../lab/nodeRed/install';

/** Once, before all suites: on a fresh machine it takes half a minute, and that is said. */
export default async function setup(): Promise<void> {
	await installNodeRed((text) => process.stdout.write(`${text}\n`));
}
