mod foreign;
mod own;
mod samples;
mod signer;
mod table;
