"""The executor that runs steps on the workers of a Dask cluster, behind the engine's Protocol (engine/worker)."""
