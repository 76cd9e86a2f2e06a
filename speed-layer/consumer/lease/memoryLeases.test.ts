import { memoryLeases } from "../testing/memoryLeases.js";
import { leaseStoreContract } from "./leaseStore.contract.js";

leaseStoreContract("the leases in memory", async () => memoryLeases());
