import { join } from 'node:path';
import { core, type NodeTypeMap } from '../../test/engine/engine';

/** The node types of the built package, found by n8n's own loader. */
export async function loadPackage(): Promise<NodeTypeMap> {
	const loader = new core.PackageDirectoryLoader(join(__dirname, '..', '..'));
	await loader.loadAll();
	return Object.fromEntries(
		Object.entries(loader.nodeTypes).map(([name, { type }]) => [
			`${loader.packageName}.${name}`,
			type as NodeTypeMap[string],
		]),
	);
}
