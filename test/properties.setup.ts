import * as fc from 'fast-check';

// Every run tries the same cases. To search for new ones: PROPERTY_SEED=$RANDOM npm test -- test/unit/...
fc.configureGlobal({ seed: Number(process.env.PROPERTY_SEED ?? 20261122) });
