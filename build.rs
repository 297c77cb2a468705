fn main() {
    // sqlx embeds the migrations; cargo must look at them again when one is added.
    println!("cargo:rerun-if-changed=migrations");
}
