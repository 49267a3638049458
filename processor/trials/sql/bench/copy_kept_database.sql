CREATE DATABASE datadrop_bench TEMPLATE {name}
